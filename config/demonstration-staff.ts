import type { StaffRole } from '../src/kernel/actor.ts';

/** The people of the demonstration company: whom visitors may sign in as. Each group is a role's name. */
export const demonstrationStaff: readonly {
  readonly nameId: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly StaffRole[];
  readonly place: string;
}[] = [
  {
    nameId: 'li.wei',
    name: '李伟 Li Wei',
    email: 'li.wei@hailan.example',
    groups: ['buyer'],
    place: 'Qingdao',
  },
  {
    nameId: 'ana.costa',
    name: 'Ana Costa',
    email: 'ana.costa@hailan.example',
    groups: ['buyer'],
    place: 'Qingdao',
  },
  {
    nameId: 'zhang.min',
    name: '张敏 Zhang Min',
    email: 'zhang.min@hailan.example',
    groups: ['approver', 'bid_opener'],
    place: 'Qingdao',
  },
  {
    nameId: 'wang.jun',
    name: '王军 Wang Jun',
    email: 'wang.jun@hailan.example',
    groups: ['receiver'],
    place: 'Qingdao',
  },
  {
    nameId: 'chen.jing',
    name: '陈静 Chen Jing',
    email: 'chen.jing@hailan.example',
    groups: ['finance'],
    place: 'Qingdao',
  },
  {
    nameId: 'liu.yang',
    name: '刘洋 Liu Yang',
    email: 'liu.yang@hailan.example',
    groups: ['auditor'],
    place: 'Qingdao',
  },
  {
    nameId: 'maria.keller',
    name: 'Maria Keller',
    email: 'maria.keller@hailan.example',
    groups: ['administrator'],
    place: 'Qingdao',
  },
];
