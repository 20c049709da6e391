// Counts down to closing from the server's own distance to it: the clock of this computer plays no part.

/** Milliseconds in the two largest units that matter: days and hours, hours and minutes, minutes and seconds. */
export function timeLeft(milliseconds, words) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const all = [
    [Math.floor(seconds / 86_400), words.days],
    [Math.floor(seconds / 3600) % 24, words.hours],
    [Math.floor(seconds / 60) % 60, words.minutes],
    [seconds % 60, words.seconds],
  ];
  const largest = all.findIndex(([value]) => value > 0);
  const first = largest === -1 ? 2 : Math.min(largest, 2);
  return all
    .slice(first, first + 2)
    .map(([value, word]) => `${value} ${word}`)
    .join(' ');
}

function start() {
  const badges = [...document.querySelectorAll('[data-time-left]')].map((badge) => ({
    badge,
    left: Number(badge.dataset.milliseconds),
  }));
  const tick = () => {
    for (const { badge, left } of badges) {
      const now = left - performance.now();
      badge.textContent =
        now > 0 ? badge.dataset.left.replace('§', timeLeft(now, badge.dataset)) : badge.dataset.over;
      badge.classList.toggle('bg-red-lt', now > 0 && now < 3_600_000);
      if (now < 3_600_000) badge.classList.remove('bg-azure-lt', 'bg-orange-lt');
      if (now <= 0) badge.classList.add('bg-orange-lt');
    }
  };
  tick();
  setInterval(tick, 1000);
}

if (typeof document !== 'undefined') start();
