// What the charts have in common: type, axes, thin marks, and a tooltip built from elements (no markup, no inline style).
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { Mark } from './contexts';
import { faded, type Palette } from './palette';

export type Option = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption>;

export const FONT = '"Inter Variable", system-ui, sans-serif';

export function label(colours: Palette): { color: string; fontFamily: string; fontSize: number } {
  return { color: colours.quiet, fontFamily: FONT, fontSize: 11 };
}

export function tooltip(colours: Palette, rows: (index: number) => [string, ...[string, string][]]): TooltipComponentOption {
  return {
    trigger: 'axis',
    confine: true,
    backgroundColor: colours.paper,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [8, 10],
    extraCssText: 'box-shadow:0 4px 16px rgba(0,0,0,.12);border-radius:6px;',
    textStyle: { color: colours.ink, fontFamily: FONT, fontSize: 12 },
    axisPointer: { type: 'line', lineStyle: { color: colours.quiet, width: 1, type: 'solid' } },
    formatter: (points) => {
      const first = Array.isArray(points) ? points[0] : points;
      return first ? card(rows(first.dataIndex)) : '';
    },
  };
}

function card([head, ...rows]: [string, ...[string, string][]]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'chart-tip';
  box.append(Object.assign(document.createElement('strong'), { textContent: head }));
  for (const [name, value] of rows) {
    const row = document.createElement('div');
    row.append(Object.assign(document.createElement('span'), { textContent: name }));
    row.append(Object.assign(document.createElement('b'), { textContent: value }));
    box.append(row);
  }
  return box;
}

// A thin line through the panel at each mark; only the topmost panel names it.
export function marks(
  found: Mark[],
  places: (mark: Mark) => number,
  colours: Palette,
  named: boolean,
): NonNullable<LineSeriesOption['markLine']> {
  return {
    symbol: 'none',
    silent: true,
    animation: false,
    data: found
      .filter((mark) => places(mark) >= 0)
      .map((mark) => ({
        xAxis: places(mark),
        lineStyle: {
          color: mark.kind === 'onset' ? colours.poor : faded(colours.quiet, 0.7),
          type: mark.kind === 'onset' ? ('solid' as const) : ([3, 3] as number[]),
          width: 1,
        },
        label: {
          show: named,
          formatter: mark.label,
          position: 'end' as const,
          distance: mark.kind === 'onset' ? 3 : 16,
          color: mark.kind === 'onset' ? colours.poor : colours.quiet,
          fontFamily: FONT,
          fontSize: 11,
        },
      })),
  };
}

// Where a time lies on a category axis of bucket starts; -1 when outside.
export function bucketOf(times: number[], time: number, end: number): number {
  if (time < (times[0] ?? Infinity) || time > end) return -1;
  let index = 0;
  while (index + 1 < times.length && (times[index + 1] ?? Infinity) <= time) index += 1;
  return index;
}
