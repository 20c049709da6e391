import type { Page } from 'playwright-core';

export {
  openWorldBrowser as openPasskeyBrowser,
  type WorldBrowser as PasskeyBrowser,
} from './world-browser.ts';

/** Gives the page an authenticator that says yes by itself, as a finger would. */
export async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
