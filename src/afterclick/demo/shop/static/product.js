// A product page: tell that it was seen, put it into the cart.

import { afterclick, ask, showCount, toast } from './shop.js';

const { product, price } = document.querySelector('[data-product]').dataset;
const form = document.getElementById('add');
const button = form.querySelector('button');

afterclick.track('product', { target: product, value: Number(price) });

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  button.textContent = 'Adding…';
  try {
    const cart = await ask('POST', '/api/cart', { product_id: product, quantity: Number(form.elements.quantity.value) });
    afterclick.track('cart', { value: cart.total });
    showCount(cart.count);
    toast('In your cart.');
  } catch (error) {
    toast(error.message);
  }
  button.disabled = false;
  button.textContent = 'Add to cart';
});
