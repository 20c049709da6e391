import { solveScenario } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'awards/on-award-scenario-requested';

/** Searches what the scenario asks for. Idempotent: one that is solved stays as it is. */
export const job: EventJob = {
  name,
  on: ['award_scenario.requested'],
  queue: 'exports',
  run: (house, event) => solveScenario(house.runInTx, { scenarioId: event.subjectId, actor: system(name) }),
};
