// Paying: one attempt at a time, with words for waiting, failing and trying again.

import { afterclick, ask, showCount, showTrouble } from './shop.js';

const LONG_MS = 2500;
const form = document.getElementById('payment');
const button = form.querySelector('button');
const progress = form.querySelector('.progress');

const chosen = () => new FormData(form).get('card_network');
const tagCard = () => afterclick.tag('card_network', chosen());

tagCard();
form.addEventListener('change', tagCard);

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!button.disabled) await pay({ card_network: chosen(), checkout_id: form.dataset.checkout });
});

async function pay(order) {
  const slow = begin();
  try {
    const { order_id, revenue, currency } = await ask('POST', '/api/payment', order);
    afterclick.track('order', { order_id, revenue, currency });
    showCount(0);
    location.assign('/thanks');
  } catch (error) {
    fail(error.message);
  } finally {
    clearTimeout(slow);
  }
}

/** Show that payment is under way; the timer that speaks up when it takes long. */
function begin() {
  button.disabled = true;
  progress.hidden = false;
  say('Asking your bank…');
  showTrouble(form);
  return setTimeout(() => say('This takes longer than usual. Please stay on this page.'), LONG_MS);
}

function fail(message) {
  button.disabled = false;
  button.textContent = 'Try again';
  progress.hidden = true;
  showTrouble(form, message);
}

function say(text) {
  progress.querySelector('.says').textContent = text;
}
