// What every page does: show how full the cart is, and speak to the shop's API.

const CART_COUNT = 'shop.cart-count';

export const afterclick = window.afterclick;

/** Ask the API; resolves with the answer, rejects with an Error whose message is for the customer. */
export async function ask(method, path, body) {
  const headers = body ? { 'Content-Type': 'application/json' } : {};
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => {
    throw new Error('The shop could not be reached. Are you online?');
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const ours = 'Something broke on our side. Nothing was charged; please try again.';
  throw Object.assign(new Error(response.status < 500 ? answer.message : ours), { code: answer.error });
}

/** Show and keep how many things are in the cart. */
export function showCount(count) {
  localStorage.setItem(CART_COUNT, count);
  const badge = document.getElementById('cart-count');
  badge.textContent = count;
  badge.hidden = !count;
}

/** Say something in the corner for a while. */
export function toast(text) {
  const place = document.getElementById('toast');
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => place.classList.remove('shown'), 3500);
}

/** Show a form's trouble, or none. */
export function showTrouble(form, text = '') {
  const place = form.querySelector('.trouble');
  place.textContent = text;
  place.hidden = !text;
}

showCount(Number(localStorage.getItem(CART_COUNT) ?? 0));
