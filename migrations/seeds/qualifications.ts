import { decideQualification, proposeQualification } from '../../src/suppliers/index.ts';
import type { CompetitionPlan } from './competition-plan.ts';
import type { Competition } from './real-data.ts';
import type { Stage } from './step.ts';

type Told = { readonly plan: CompetitionPlan; readonly competition: Competition };

/** Whoever takes part in a competition is qualified for its category: a buyer asks, an approver agrees. */
export async function qualifySuppliers(stage: Stage, told: readonly Told[]): Promise<undefined> {
  const asked = {
    wanted: 'qualified',
    conditions: '',
    validUntil: null,
    plantCode: null,
    files: [],
  } as const;
  for (const place of placesOf(stage, told)) {
    const reason = 'References and certificates were looked at.';
    const id = await proposeQualification(stage.as(stage.staff('ana.costa')), { ...asked, ...place, reason });
    const decision = { supplierId: place.supplierId, id, version: 1, agrees: true, comment: '' };
    await decideQualification(stage.as(stage.staff('zhang.min')), decision);
  }
}

/** Each supplier and category once. */
function placesOf(stage: Stage, told: readonly Told[]) {
  const places = told.flatMap(({ plan, competition }) =>
    [...competition.bidders, ...(plan.alsoInvited ?? [])].map(
      (name) =>
        [
          `${name} ${plan.category}`,
          { supplierId: stage.fact(`supplier:${name}`), categoryCode: plan.category },
        ] as const,
    ),
  );
  return new Map(places).values();
}
