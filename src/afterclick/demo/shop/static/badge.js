// Somebody else's script: fills the place that a shop leaves for its badge.

addEventListener('DOMContentLoaded', () => {
  const place = document.getElementById('trust-badge');
  if (place) place.innerHTML = '<span class="stars" aria-hidden="true">★★★★★</span> 4.8 at Fairmark';
});
