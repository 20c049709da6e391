import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { LinearProgram } from '../../../src/kernel/linear-program.ts';
import { type SearchProgress, solveMilp } from '../../../src/platform/solver/milp.ts';

/** Winner determination: instances made with CATS 2.1 from the seed in their names; the optima are cbc's and glpk's. */
const OPTIMA = {
  L4_g20_b100_s11: 18409.875,
  L4_g60_b300_s11: 55527.922,
  matching_g20_b100_s11: 66.30523,
  paths_g20_b100_s11: 11.602693,
  regions_g20_b100_s11: 1780.9692,
  scheduling_g20_b100_s11: 26.83227,
} as const;

/** Each bid wants a bundle of goods; each good goes to one of them at most. */
function readInstance(name: string): LinearProgram {
  const file = path.join(import.meta.dirname, 'cats', `${name}.txt`);
  const bids = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\d+\t/.test(line))
    .map((line) => line.split('\t').filter((part) => part !== '' && part !== '#'));
  const bundles = bids.map(([, , ...goods]) => goods.map(Number));
  const goods = [...new Set(bundles.flat())];
  return {
    sense: 'maximise',
    costs: bids.map(([, price]) => Number(price)),
    firstContinuous: bids.length,
    rows: goods.map((good) => ({
      entries: bundles.flatMap((bundle, bid) => (bundle.includes(good) ? [[bid, 1] as const] : [])),
      lower: null,
      upper: 1,
    })),
  };
}

describe('solving a program with yes and no', function () {
  this.timeout(60_000);
  for (const [name, optimum] of Object.entries(OPTIMA))
    it(`proves the known optimum of ${name}`, async () => {
      const program = readInstance(name);
      const answer = await solveMilp({ program, timeLimitSeconds: 30, proofGap: 1e-6 });
      if (answer.status !== 'optimal') expect.fail(answer.status);
      expect(answer.best).to.be.closeTo(optimum, 1e-6 * optimum);
      const worth = program.costs.reduce(
        (sum, cost, bid) => sum + cost * Math.round(answer.values[bid] ?? 0),
        0,
      );
      expect(worth, 'what it chose is worth what it says').to.be.closeTo(optimum, 1e-6 * optimum);
      for (const row of program.rows)
        expect(row.entries.filter(([bid]) => (answer.values[bid] ?? 0) > 0.5)).to.have.lengthOf.at.most(1);
    });

  it('says so when nothing keeps the rows', async () => {
    const rows = [
      { entries: [[0, 1] as const], lower: 1, upper: null },
      { entries: [[0, 1] as const], lower: null, upper: 0 },
    ];
    const program: LinearProgram = { sense: 'minimise', costs: [1], firstContinuous: 1, rows };
    expect(await solveMilp({ program, timeLimitSeconds: 5, proofGap: 0.5 })).to.deep.equal({
      status: 'infeasible',
    });
  });

  it('claims no optimum when its time is over, and says how far it may be from one', async () => {
    const seen: SearchProgress[] = [];
    const answer = await solveMilp({ program: hard(), timeLimitSeconds: 1, proofGap: 1e-9 }, (one) =>
      seen.push(one),
    );
    if (answer.status !== 'time-limit') expect.fail(answer.status);
    expect(answer.bound).to.be.above(answer.best ?? Number.POSITIVE_INFINITY);
    expect(seen).to.have.lengthOf.at.least(1);
  });
});

/** Three hundred things of like worth into five bags that hold a third of them: an easy answer, a hard proof. */
function hard(): LinearProgram {
  const things = 300;
  const weight = (thing: number, bag: number): number => 500 + ((thing * 7919 + bag * 104_729) % 501);
  return {
    sense: 'maximise',
    costs: Array.from({ length: things }, (_, thing) => 1000 + ((thing * 3571) % 97)),
    firstContinuous: things,
    rows: [0, 1, 2, 3, 4].map((bag) => ({
      entries: Array.from({ length: things }, (_, thing) => [thing, weight(thing, bag)] as const),
      lower: null,
      upper: 75_013 + bag * 17,
    })),
  };
}
