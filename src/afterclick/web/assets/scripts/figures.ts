// Numbers and times in words, as words/figures.py writes them.
import type { Unit } from './contexts';

export function figure(value: number, unit: Unit, currency = ''): string {
  switch (unit) {
    case 'money':
      return value.toLocaleString('en', { style: 'currency', currency: currency || 'EUR' }); // with its own minor unit
    case 'share':
      return `${(value * 100).toLocaleString('en', { maximumFractionDigits: 1 })}%`;
    case 'ms':
      return value < 1000 ? `${Math.round(value)} ms` : `${Number((value / 1000).toPrecision(3))} s`;
    case 'score':
      return value.toLocaleString('en', { maximumFractionDigits: 3 });
    case 'count':
      return value.toLocaleString('en', { maximumFractionDigits: 0 });
  }
}

export function short(value: number, unit: Unit, currency = ''): string {
  if (unit === 'money' || unit === 'count') {
    const style = unit === 'money' ? { style: 'currency' as const, currency: currency || 'EUR' } : {};
    return value.toLocaleString('en', { ...style, notation: 'compact', maximumSignificantDigits: 3 });
  }
  return figure(value, unit, currency);
}

export function when(time: number, zone: string, whole = true): string {
  const day = whole ? ({ weekday: 'short', day: 'numeric', month: 'short' } as const) : {};
  return new Date(time).toLocaleString('en-GB', { ...day, hour: '2-digit', minute: '2-digit', timeZone: zone });
}

// Labels of a time axis: the hour on a short one; on a long one each day once, where it begins.
export function axisTimes(times: number[], zone: string): string[] {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const wide = span > 40 * 3_600_000;
  const parts = wide ? ({ day: 'numeric', month: 'short' } as const) : ({ hour: '2-digit', minute: '2-digit' } as const);
  const words = times.map((time) => new Date(time).toLocaleString('en-GB', { ...parts, timeZone: zone }));
  return words.map((word, index) => (word === words[index - 1] ? '' : word));
}
