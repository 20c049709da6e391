import { type Request, type RequestHandler, type Response, Router } from 'express';
import { AppError, forbidden } from '../../kernel/errors.ts';
import type { Permission } from './permission.ts';
import { askToSignIn } from './return-to.ts';
import { receiveUploads, type UploadLimits } from './uploads.ts';
import type { WebDeps } from './web.ts';

export type PageHandler = (req: Request, res: Response) => Promise<void>;
export type DeclaredRoute = {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly permission: Permission;
};

/** The one way to add a page or an act: each line names its permission. */
export type PortalRouter = {
  readonly router: Router;
  readonly declared: readonly DeclaredRoute[];
  get(path: string, permission: Permission, handler: PageHandler): void;
  post(path: string, permission: Permission, handler: PageHandler): void;
  /**
   * A form that is checked before its sender proves who it is: the handler calls `prove` last in the act's transaction,
   * which is undone where the proof is missing, and asked for then.
   */
  postChecked(
    path: string,
    permission: Permission,
    handler: (req: Request, res: Response, prove: () => void) => Promise<void>,
  ): void;
  /** A multipart form: files are on disk in `req.uploads` when the handler runs. */
  upload(path: string, permission: Permission, limits: UploadLimits, handler: PageHandler): void;
};

/** The act went through but for the proof of its sender. */
class AwaitsProof extends Error {}

export function makeRouter(web: Pick<WebDeps, 'actorFor' | 'freshProof'>): PortalRouter {
  const router = Router();
  const declared: DeclaredRoute[] = [];
  const guard =
    (permission: Permission): RequestHandler =>
    (req, res, next) => {
      const actor = permission === 'anyone' ? req.actor : web.actorFor(req.actor, permission);
      if (actor !== null) {
        req.actor = actor;
        return next();
      }
      if (req.actor.kind === 'anonymous') return askToSignIn(req, res);
      // What a supplier may not do does not exist for it; staff are told that they lack the right.
      if (req.actor.kind === 'supplier') throw new AppError('not-found', 'page.not-found', 'No such page');
      throw forbidden('page.forbidden', `This needs the right ${permission}`);
    };
  /** An act that must not come from a screen left alone waits for a proof. */
  const proved =
    (permission: Permission): RequestHandler =>
    (req, res, next) => {
      if (req.hasFreshProof || !web.freshProof.isNeeded(permission)) return next();
      return web.freshProof.ask(req, res, permission);
    };
  const add = (method: 'get' | 'post', path: string, permission: Permission) =>
    declared.push({ method, path, permission });
  return {
    router,
    declared,
    get(path, permission, handler) {
      add('get', path, permission);
      router.get(path, guard(permission), handler);
    },
    post(path, permission, handler) {
      add('post', path, permission);
      router.post(path, guard(permission), proved(permission), handler);
    },
    postChecked(path, permission, handler) {
      add('post', path, permission);
      router.post(path, guard(permission), async (req, res) => {
        const prove = (): void => {
          if (!req.hasFreshProof && web.freshProof.isNeeded(permission)) throw new AwaitsProof();
        };
        try {
          await handler(req, res, prove);
        } catch (error) {
          if (!(error instanceof AwaitsProof)) throw error;
          await web.freshProof.ask(req, res, permission);
        }
      });
    },
    upload(path, permission, limits, handler) {
      add('post', path, permission);
      router.post(path, guard(permission), proved(permission), receiveUploads(limits), handler);
    },
  };
}
