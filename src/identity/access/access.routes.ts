import type { Access } from '../../kernel/access.ts';
import { staffRoles, supplierRoles } from '../../kernel/actor.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import type { WebDeps } from '../../platform/web/web.ts';
import { roleConflicts } from '../role-conflicts.ts';
import { actInWords, matrixFile } from './matrix.report.ts';
import { matrixOf, matrixRoles } from './matrix.ts';

/** Who may do what, as the table says it: for administrators and auditors. */
export function accessRoutes(web: WebDeps, { access }: { access: Access }): PortalRouter {
  const router = makeRouter(web);
  const areas = matrixOf(access);

  router.get('/access', 'access.read', async (req, res) => {
    const role = matrixRoles.find((one) => one === req.query['role']) ?? null;
    await web.showPage(res, 'identity/access', {
      titleKey: 'access.page.heading',
      role,
      areas: areas
        .map((one) => ({
          ...one,
          rows: one.rows.filter((row) => role === null || row.roles.includes(role)),
        }))
        .filter((one) => one.rows.length > 0),
      roles: matrixRoles,
      shownRoles: role === null ? matrixRoles : [role],
      staffCount: staffRoles.length,
      supplierCount: supplierRoles.length,
      roleConflicts,
      actInWords,
    });
  });

  router.get('/access/export.csv', 'access.read', (_req, res) => web.sendCsv(res, matrixFile(areas)));

  return router;
}
