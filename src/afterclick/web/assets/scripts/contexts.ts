// The chart contexts of words/chart.py, as the page embeds them.
export type Unit = 'count' | 'money' | 'share' | 'ms' | 'score';
export type Family = '' | 'felt' | 'did' | 'paid' | 'strong';

export interface Mark {
  time: number;
  kind: 'release' | 'onset' | 'closed' | 'note';
  label: string;
}

export interface Line {
  name: string;
  family: Family;
  unit: Unit;
  values: (number | null)[];
  previous: (number | null)[];
}

export interface Trend {
  kind: 'trend';
  times: number[];
  until: number;
  lines: Line[];
  marks: Mark[];
  zone: string;
  currency: string;
}

export interface Bars {
  kind: 'bars';
  times: number[];
  width: number;
  exposed: number[];
  arrivals: number[];
  marks: Mark[];
  zone: string;
}

export interface Histogram {
  kind: 'histogram';
  unit: 'ms' | 'count';
  measure: string;
  limit: number;
  lows: number[];
  highs: number[];
  affected: number[];
  unaffected: number[];
  n_affected: number;
  n_unaffected: number;
}

export type Chart = Trend | Bars | Histogram;
