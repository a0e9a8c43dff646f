// The address form. What is typed goes to the shop only; Afterclick hears of the step, the card network and an opaque id.

import { afterclick, ask, showTrouble } from './shop.js';

const form = document.getElementById('checkout');
const button = form.querySelector('button');

afterclick.track('checkout', { value: Number(form.dataset.total) });

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  const filled = Object.fromEntries(new FormData(form));
  afterclick.tag('card_network', filled.card_network);
  button.disabled = true;
  showTrouble(form);
  try {
    const checkout = await ask('POST', '/api/checkout', filled);
    afterclick.identify(checkout.customer_id);
    location.assign('/payment');
  } catch (error) {
    showTrouble(form, error.message);
    button.disabled = false;
    button.textContent = 'Try again';
  }
});
