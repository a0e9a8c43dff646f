// Sorting a category without loading the page again.

import { ask, toast } from './shop.js';

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', trailingZeroDisplay: 'stripIfInteger' });
const sort = document.getElementById('sort');
const list = document.getElementById('products');

sort.addEventListener('change', async () => {
  const query = new URLSearchParams({ category: sort.dataset.category, sort: sort.value });
  try {
    const { products } = await ask('GET', `/api/products?${query}`);
    list.replaceChildren(...products.map(moved));
  } catch (error) {
    toast(error.message);
  }
});

/** The product's card, with the price of now. */
function moved(product) {
  const card = list.querySelector(`a[href="/product/${product.id}"]`).closest('li');
  card.querySelector('.price').textContent = money.format(product.price);
  return card;
}
