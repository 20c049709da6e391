import type { Translate } from '../../platform/i18n/catalogue.ts';
import type { CsvFile } from '../../platform/web/send-csv.ts';
import { roleConflicts } from '../role-conflicts.ts';
import { type MatrixAct, type MatrixArea, type MatrixRow, matrixRoles } from './matrix.ts';

type Words = { readonly t: Translate; readonly stateLabel: (noun: string, state: string) => string };

/** One act in words: in which states, when, and for whom not. */
export function actInWords(act: MatrixAct, { t, stateLabel }: Words): string {
  const states = act.states.map((state) => stateLabel(act.noun, state)).join(' / ');
  const ties = act.ties.map((tie) => t(`access.tie.${tie}`)).join(' / ');
  return [
    t('access.page.in-state', { act: t(`access.act.${act.name}`), states }),
    ...(act.time === null ? [] : [t(`access.page.${act.time}`)]),
    ...(ties === '' ? [] : [t('access.page.unless', { ties })]),
  ].join('; ');
}

/** The whole table as a file, a row a right. */
export const matrixFile = (areas: readonly MatrixArea[]): CsvFile => ({
  fileName: 'access',
  table: ({ t, stateLabel }) => ({
    columns: [
      { heading: t('access.page.area'), kind: 'text', width: 12 },
      { heading: t('access.page.right'), kind: 'text', width: 12 },
      ...matrixRoles.map((role) => ({ heading: t(`role.${role}`), kind: 'text' as const, width: 6 })),
      { heading: t('access.page.reach'), kind: 'text', width: 12 },
      { heading: t('access.page.acts'), kind: 'text', width: 12 },
    ],
    rows: areas.flatMap(({ area, rows }) =>
      rows.map((row) => [
        t(`access.area.${area}`),
        t(`access.right.${row.right}`),
        ...matrixRoles.map((role) => t(row.roles.includes(role) ? 'access.page.yes' : 'access.page.no')),
        t(`access.page.reaches.${row.reach}`),
        row.acts.map((act) => actInWords(act, { t, stateLabel })).join('. '),
      ]),
    ),
  }),
});

/** The same for `docs/access.md`. */
export function matrixMarkdown(areas: readonly MatrixArea[], words: Words): string {
  const { t } = words;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const whoOf = (row: MatrixRow): string => {
    if (row.open === 'anyone') return t('access.page.anyone');
    if (row.open === 'signed-in') return t('access.page.everybody');
    return row.roles.map((role) => `\`${role}\``).join(', ');
  };
  const tableOf = ({ area, rows }: MatrixArea): string[] => [
    `## ${t(`access.area.${area}`)}`,
    '',
    line([t('access.page.right'), t('access.page.one'), t('access.page.reach'), t('access.page.acts')]),
    line(['---', '---', '---', '---']),
    ...rows.map((row) =>
      line([
        `${t(`access.right.${row.right}`)} (\`${row.right}\`)`,
        whoOf(row),
        t(`access.page.reaches.${row.reach}`),
        row.acts.map((act) => actInWords(act, words)).join('.<br>'),
      ]),
    ),
    '',
  ];
  return [
    `# ${t('access.page.heading')}`,
    '',
    t('access.page.docs-note'),
    '',
    t('access.page.legend'),
    '',
    ...areas.flatMap(tableOf),
    `## ${t('access.page.conflicts')}`,
    '',
    t('access.page.conflicts-explained'),
    '',
    line([t('access.page.one'), t('access.page.other'), t('access.page.why')]),
    line(['---', '---', '---']),
    ...roleConflicts.map(({ reason, these, those }) =>
      line([
        these.map((role) => `\`${role}\``).join(', '),
        those.map((role) => `\`${role}\``).join(', '),
        t(`errors.role_conflict.${reason}`),
      ]),
    ),
    '',
  ].join('\n');
}
