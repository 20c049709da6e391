// What was typed into a bid and is not saved yet stays on this device: by person, bid and window, with the revision it
// was typed onto. Gone once it is saved, at sign-out (portico.js), and when the bid was submitted or is closed.

const PREFIX = 'portico.bid.';
const KEPT_MS = 7 * 86_400_000;

/** One record out of those that windows left behind: the later one counts, the earliest revision is what all know. */
export function joined(records) {
  const inOrder = records.toSorted((a, b) => a.at - b.at);
  if (inOrder.length === 0) return null;
  return {
    revision: Math.min(...inOrder.map((record) => record.revision)),
    at: inOrder.at(-1).at,
    fields: Object.assign({}, ...inOrder.map((record) => record.fields)),
  };
}

function read(key) {
  try {
    const record = JSON.parse(localStorage.getItem(key));
    return Date.now() - record.at < KEPT_MS ? record : null;
  } catch {
    return null;
  }
}

const keysWith = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));

/** The id of this window: reloading keeps it. */
function windowId() {
  let id = sessionStorage.getItem('portico.window');
  if (id === null) {
    id = crypto.getRandomValues(new Uint32Array(2)).join('-');
    sessionStorage.setItem('portico.window', id);
  }
  return id;
}

/** The windows that are open now say so by a lock; where a browser has none, nobody says it. */
async function openWindows() {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set(held.map((lock) => lock.name));
}

/**
 * Opens what is kept for this person's bid. Records of windows that are gone are taken over. Without storage, as in a
 * browser that refuses it, everything works and nothing is kept.
 */
export async function openKept({ user, bid }) {
  try {
    const start = `${PREFIX}${user}.${bid}.`;
    const own = start + windowId();
    const open = await openWindows();
    // A tab that was duplicated has the id of its twin: what the twin keeps is left alone.
    const key = open.has(own) ? `${own}+${Date.now()}` : own;
    void navigator.locks?.request(key, () => new Promise(() => {}));
    const left = keysWith(start).filter((one) => one === key || !open.has(one));
    const found = joined(left.map(read).filter((record) => record !== null));
    for (const one of left) localStorage.removeItem(one);
    return {
      found,
      write(record) {
        if (Object.keys(record.fields).length === 0) localStorage.removeItem(key);
        else
          try {
            localStorage.setItem(key, JSON.stringify({ ...record, at: Date.now() }));
          } catch {
            return false;
          }
        return true;
      },
    };
  } catch {
    return { found: null, write: () => false };
  }
}

/** Forgets all that is kept for a bid, of whichever person and window. */
export function forgetBid(bid) {
  for (const key of keysWith(PREFIX)) if (key.split('.')[3] === bid) localStorage.removeItem(key);
}

if (typeof document !== 'undefined')
  for (const mark of document.querySelectorAll('[data-forget-bid]')) forgetBid(mark.dataset.forgetBid);
