// The cart page: take things out.

import { afterclick, ask, showCount, toast } from './shop.js';

for (const button of document.querySelectorAll('[data-remove]')) {
  button.addEventListener('click', async () => {
    const { remove, quantity } = button.dataset;
    button.disabled = true;
    try {
      const cart = await ask('POST', '/api/cart', { product_id: remove, quantity: -Number(quantity) });
      afterclick.track('cart', { value: cart.total });
      showCount(cart.count);
      location.reload();
    } catch (error) {
      button.disabled = false;
      toast(error.message);
    }
  });
}
