// After the order: ask how it was.

import { afterclick, showCount } from './shop.js';

showCount(0);
const again = document.getElementById('ask');
const question = { question: 'How was buying from us?' };
again.addEventListener('click', () => afterclick.ask(question));
afterclick.ask(question);
