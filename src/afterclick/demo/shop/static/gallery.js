// The gallery of release 1.5.0: on phones it measures its pictures anew at every tap, on the main thread.

const blockMs = Number(document.currentScript.dataset.blockMs);

/** Compare every pair of pixels of an imagined picture until the time is up. */
function measurePictures() {
  const until = performance.now() + blockMs;
  let difference = 0;
  while (performance.now() < until) {
    for (let pixel = 0; pixel < 10_000; pixel += 1) difference += Math.abs(Math.sin(pixel) - Math.cos(pixel));
  }
  return difference;
}

if (/Mobi/.test(navigator.userAgent)) document.addEventListener('click', measurePictures, { capture: true });
