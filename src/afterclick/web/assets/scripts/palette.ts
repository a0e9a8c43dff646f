// The colours of the page, resolved for the theme in force, so that charts speak the same language as the text.
export interface Palette {
  ink: string;
  quiet: string;
  line: string;
  paper: string;
  felt: string;
  did: string;
  paid: string;
  poor: string;
}

export function palette(): Palette {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolved = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found: Palette = {
    ink: resolved('ink'),
    quiet: resolved('quiet'),
    line: resolved('line'),
    paper: resolved('paper'),
    felt: resolved('felt'),
    did: resolved('did'),
    paid: resolved('paid'),
    poor: resolved('poor'),
  };
  probe.remove();
  return found;
}

// The same hue, thinner: for the comparison period and for fills.
export function faded(colour: string, share: number): string {
  const numbers = colour.match(/[\d.]+/g) ?? ['0', '0', '0'];
  return `rgba(${numbers.slice(0, 3).join(',')},${share})`;
}
