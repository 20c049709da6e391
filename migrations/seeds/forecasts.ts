import {
  commitChanged,
  commitWhole,
  createForecast,
  publishForecast,
  saveDraft,
  startVersion,
} from '../../src/forecasts/index.ts';
import { floorTo, isPositive, multiplyDecimals, ratio } from '../../src/kernel/money.ts';
import { weekOf, weeksFrom } from '../../src/kernel/week.ts';
import type { CategoryCode } from './company.ts';
import type { Competition, CompetitionLine } from './real-data.ts';
import type { Calendar, Step } from './step.ts';

const LINES_AT_MOST = 8;
const WEEKS = 26;
const TERMS = { weeks: WEEKS, firmWeeks: 4, tradeOffWeeks: 8 };
const LUMP_SUMS: ReadonlySet<string> = new Set(['LS', 'M4', 'ZZ']);
const OWNER = 'ana.costa';

/**
 * What a competition asked for, spread over half a year, is forecast to its two lowest bidders. One has committed to all
 * of a first version and to less of the second; the other has not said anything yet.
 */
export function forecastSteps(of: {
  competition: Competition;
  category: CategoryCode;
  calendar: Calendar;
}): Step[] {
  const [first = '', second = ''] = of.competition.bidders;
  const lines = of.competition.lines.filter((line) => !LUMP_SUMS.has(line.unit) && isPositive(weekly(line)));
  const known = lines.slice(0, LINES_AT_MOST);
  return [
    ...answered({ ...of, supplier: first, lines: known }),
    {
      key: 'forecast unanswered',
      at: of.calendar.at(2, '10:40'),
      act: async (stage) => {
        const ctx = stage.as(stage.staff(OWNER));
        const forecastId = await createForecast(ctx, placeOf(of, stage.fact(`supplier:${second}`)));
        const version = { ...typed(known.slice(0, 4), of.calendar.day(2)), note: '' };
        const revision = await saveDraft(ctx, { ...version, forecastId, revision: 1 });
        await publishForecast(ctx, { forecastId, revision });
        return undefined;
      },
    },
  ];
}

type Told = {
  readonly category: CategoryCode;
  readonly calendar: Calendar;
  readonly supplier: string;
  readonly lines: readonly CompetitionLine[];
};

function answered({ category, calendar, supplier, lines }: Told): Step[] {
  const id = 'forecast answered id';
  const idOf = (stage: { fact(name: string): string }) => stage.fact(`supplier:${supplier}`);
  return [
    {
      key: 'forecast first version',
      at: calendar.at(34, '09:30'),
      act: async (stage) => {
        const ctx = stage.as(stage.staff(OWNER));
        const forecastId = await createForecast(ctx, placeOf({ category }, idOf(stage)));
        const version = { ...typed(lines, calendar.day(34)), note: '' };
        const revision = await saveDraft(ctx, { ...version, forecastId, revision: 1 });
        await publishForecast(ctx, { forecastId, revision });
        return { [id]: forecastId };
      },
    },
    {
      key: 'forecast first commit',
      at: calendar.at(33, '16:10'),
      act: async (stage) => {
        const ctx = stage.as(stage.contactOf(idOf(stage)));
        await commitWhole(ctx, { forecastId: stage.fact(id), version: 1 });
        return undefined;
      },
    },
    {
      key: 'forecast second version',
      at: calendar.at(6, '09:30'),
      act: async (stage) => {
        const ctx = stage.as(stage.staff(OWNER));
        const forecastId = stage.fact(id);
        await startVersion(ctx, forecastId);
        const more = { place: 0, from: 5, factor: '1.2' };
        const version = {
          ...typed(lines, calendar.day(6), more),
          note: 'The second site begins in week six.',
        };
        const revision = await saveDraft(ctx, { ...version, forecastId, revision: 1 });
        await publishForecast(ctx, { forecastId, revision });
        return undefined;
      },
    },
    {
      key: 'forecast second commit',
      at: calendar.at(5, '14:20'),
      act: async (stage) => {
        const ctx = stage.as(stage.contactOf(idOf(stage)));
        await commitChanged(ctx, {
          forecastId: stage.fact(id),
          version: 2,
          change: (line, place, quantity) =>
            line === 0 && place >= 6 && place <= 9 ? floorTo(multiplyDecimals(quantity, '0.75'), 0) : null,
          reason: (line) => (line === 0 ? 'One paver is at another site until then' : ''),
        });
        return undefined;
      },
    },
  ];
}

const placeOf = ({ category }: { category: CategoryCode }, supplierId: string) => ({
  supplierId,
  plantCode: 'QD01',
  categoryCode: category,
});

/** A week's part of what was asked for in all, whole. */
const weekly = ({ quantity }: CompetitionLine): string => floorTo(ratio(quantity, String(WEEKS)), 0);

/** The lines as a planner types them; more of one from a week on. */
function typed(
  lines: readonly CompetitionLine[],
  day: string,
  more?: { place: number; from: number; factor: string },
) {
  const fromWeek = weekOf(day);
  return {
    ...TERMS,
    fromWeek,
    lines: lines.map((line, place) => ({
      itemCode: line.itemCode,
      description: line.description,
      unit: line.unit,
      byWeek: new Map(
        weeksFrom(fromWeek, WEEKS).map((week, at) => {
          const isMore = more !== undefined && more.place === place && at >= more.from;
          return [week, isMore ? floorTo(multiplyDecimals(weekly(line), more.factor), 0) : weekly(line)];
        }),
      ),
    })),
  };
}
