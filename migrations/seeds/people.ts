// The companies are real; nobody who is named here is. Names are taken in turn, so a supplier keeps its person.
const firstNames = [
  'Avery',
  'Blake',
  'Cameron',
  'Dana',
  'Elliot',
  'Frances',
  'Grace',
  'Harper',
  'Imani',
  'Jordan',
  'Kendall',
  'Logan',
  'Morgan',
  'Noel',
  'Oakley',
  'Parker',
  'Quinn',
  'Riley',
  'Sage',
  'Taylor',
  'Uma',
  'Val',
  'Winter',
];
const lastNames = [
  'Abbott',
  'Brandt',
  'Calder',
  'Dunmore',
  'Ekwueme',
  'Farrow',
  'Garrison',
  'Hollis',
  'Ibarra',
  'Jennings',
  'Kessler',
  'Lindqvist',
  'Marlowe',
  'Novak',
  'Okafor',
  'Prescott',
  'Quigley',
  'Rosario',
  'Sandoval',
];
const chineseNames = [
  { name: '周婷 Zhou Ting', mailbox: 'zhou.ting' },
  { name: '吴磊 Wu Lei', mailbox: 'wu.lei' },
  { name: '孙悦 Sun Yue', mailbox: 'sun.yue' },
];

/** Somebody invented, the same one at each call with the same number. */
export function inventPerson(number: number, language: 'en' | 'zh-CN'): { name: string; mailbox: string } {
  if (language === 'zh-CN') return taken(chineseNames, number);
  const first = taken(firstNames, number);
  const last = taken(lastNames, number);
  return { name: `${first} ${last}`, mailbox: `${first}.${last}`.toLowerCase() };
}

function taken<T>(from: readonly T[], number: number): T {
  const one = from[number % from.length];
  if (one === undefined) throw new Error('Nobody to take from');
  return one;
}
