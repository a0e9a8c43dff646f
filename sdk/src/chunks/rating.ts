/** The rating widget: a small dialog with a radio group, in a shadow root so that page and widget leave each other alone. */

import type { Rate, Words } from '../signals/rating';

const WORDS: Words = {
  question: 'How was that?',
  scores: ['Very bad', 'Bad', 'All right', 'Good', 'Very good'],
  comment: 'In a word, why? (optional)',
  send: 'Send',
  close: 'Close',
  thanks: 'Thank you.',
};
const THANKS_MS = 1500;

/** System colours follow light, dark and forced colours by themselves. */
const STYLE = `
:host{all:initial;position:fixed;right:1rem;bottom:1rem;z-index:99999;color-scheme:light dark}
form{font:1rem/1.4 system-ui;width:17rem;padding:1rem;border-radius:.75rem;background:Canvas;color:CanvasText;border:1px solid}
fieldset{all:unset;display:flex;clear:both;gap:.4rem;padding:.5rem 0}
fieldset label{flex:1;text-align:center;padding:.4rem;border:1px solid;border-radius:.5rem;cursor:pointer}
fieldset input{position:absolute;opacity:0}
label:has(:checked){background:Highlight;color:HighlightText}
fieldset label:has(:focus-visible){outline:auto}
small{display:block;margin-bottom:.75rem}
[type=text]{font:inherit;box-sizing:border-box;width:100%;margin:.25rem 0 .75rem;padding:.4rem}
button{font:inherit;padding:.3rem .8rem}
[type=button]{float:right}`;

let open: Promise<void> | undefined;

/** Show it, one at a time; resolves when it is closed. */
export function show(rate: Rate, words: Partial<Words>): Promise<void> {
  return (open ??= ask(rate, { ...WORDS, ...words }).finally(() => (open = undefined)));
}

function ask(rate: Rate, words: Words): Promise<void> {
  const before = document.activeElement;
  const host = document.createElement('afterclick-rating');
  const root = host.attachShadow({ mode: 'open' });
  // A constructed sheet, because a strict content security policy refuses style elements.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const comment = make('input', { type: 'text', maxLength: 300 });
  const close = make('button', { type: 'button', textContent: '✕', ariaLabel: words.close });
  const form = make('form', { role: 'dialog', ariaLabel: words.question }, [
    close,
    words.question,
    make('fieldset', { role: 'radiogroup', ariaLabel: words.question }, words.scores.map(choice)),
    make('small', {}, [`1 ${words.scores[0]}, 5 ${words.scores[4]}`]),
    make('label', {}, [words.comment, comment]),
    make('button', { textContent: words.send }),
  ]);
  root.append(form);
  document.body.append(host);
  root.querySelector('input')?.focus();

  return new Promise((resolve) => {
    const leave = (): void => {
      host.remove();
      (before as HTMLElement | null)?.focus();
      resolve();
    };
    close.onclick = leave;
    form.addEventListener('keydown', ({ key }) => key === 'Escape' && leave());
    form.onsubmit = (event) => {
      event.preventDefault();
      rate(new FormData(form).get('score'), comment.value);
      const said = make('output', { tabIndex: -1, textContent: words.thanks });
      form.replaceChildren(said);
      said.focus();
      setTimeout(leave, THANKS_MS);
    };
  });
}

function choice(word: string, index: number): HTMLElement {
  const value = String(index + 1);
  const radio = make('input', { type: 'radio', name: 'score', value, required: true, ariaLabel: `${value} ${word}` });
  return make('label', { title: word }, [radio, value]);
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
