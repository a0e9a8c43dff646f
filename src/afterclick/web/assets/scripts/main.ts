// What every page runs: navigation without reloads, live notices, keys, theme, tables; charts load when one is shown.
import './trusted';
import { showCharts } from './charts-when-seen';
import { offerCopies } from './copying';
import { listenForKeys } from './keys';
import { listenLive } from './live';
import { offerPasswords } from './passwords';
import { offerSorting } from './sorting';
import { offerThemes } from './theme';

function enliven(root: ParentNode): void {
  showCharts(root);
  offerCopies(root);
  offerPasswords(root);
  offerSorting(root);
  // Lists of pages that scroll sideways on a phone begin at the page one is on.
  for (const here of root.querySelectorAll('.rail a[aria-current], .settings-list a[aria-current]')) {
    here.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

enliven(document);
offerThemes();
listenForKeys();
listenLive();
document.addEventListener('htmx:after:settle', () => {
  enliven(document);
});
