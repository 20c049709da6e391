// The bidder's own keys, kept by this browser alone.
const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open('portico-bids', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('keys');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const run = async (mode, act) => {
  const database = await open();
  return new Promise((resolve, reject) => {
    const asked = act(database.transaction('keys', mode).objectStore('keys'));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
};

export const findKey = (name) => run('readonly', (keys) => keys.get(name));
export const keepKey = (name, key) => run('readwrite', (keys) => keys.put(key, name));
