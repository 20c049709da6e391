import type { Request, Response } from 'express';
import type { Permission } from './permission.ts';

/** How an act that must not be done from an unattended screen is held back until its sender has proved who it is. */
export type FreshProof = {
  /** Is a proof of the last minutes needed for this? */
  isNeeded(permission: Permission): boolean;
  /** Keeps the form that was sent, and sends the browser to where its user proves who it is. */
  ask(req: Request, res: Response, permission: Permission): Promise<void>;
};
