import type { StaffRole } from '../src/kernel/actor.ts';

/** The people of the demonstration company: whom visitors may sign in as. Each group is a role's name. */
export const demonstrationStaff: readonly {
  readonly nameId: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly StaffRole[];
  readonly place: string;
  /** The language of the first page after signing in; everybody can choose another one. */
  readonly locale: 'en' | 'zh-CN';
}[] = [
  {
    nameId: 'li.wei',
    name: '李伟 Li Wei',
    email: 'li.wei@hailan.example',
    groups: ['buyer'],
    place: 'Qingdao',
    locale: 'zh-CN',
  },
  {
    nameId: 'ana.costa',
    name: 'Ana Costa',
    email: 'ana.costa@hailan.example',
    groups: ['buyer'],
    place: 'Qingdao',
    locale: 'en',
  },
  {
    nameId: 'he.fang',
    name: '何芳 He Fang',
    email: 'he.fang@hailan.example',
    groups: ['requester'],
    place: 'Hefei',
    locale: 'en',
  },
  {
    nameId: 'zhang.min',
    name: '张敏 Zhang Min',
    email: 'zhang.min@hailan.example',
    groups: ['approver', 'bid_opener'],
    place: 'Qingdao',
    locale: 'en',
  },
  {
    nameId: 'wang.jun',
    name: '王军 Wang Jun',
    email: 'wang.jun@hailan.example',
    groups: ['receiver'],
    place: 'Qingdao',
    locale: 'zh-CN',
  },
  {
    nameId: 'chen.jing',
    name: '陈静 Chen Jing',
    email: 'chen.jing@hailan.example',
    groups: ['finance'],
    place: 'Qingdao',
    locale: 'en',
  },
  {
    nameId: 'liu.yang',
    name: '刘洋 Liu Yang',
    email: 'liu.yang@hailan.example',
    groups: ['auditor'],
    place: 'Qingdao',
    locale: 'en',
  },
  {
    nameId: 'maria.keller',
    name: 'Maria Keller',
    email: 'maria.keller@hailan.example',
    groups: ['administrator'],
    place: 'Qingdao',
    locale: 'en',
  },
];
