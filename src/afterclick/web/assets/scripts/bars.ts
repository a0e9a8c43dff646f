// Exposed arrivals over time as a share, with the onset and releases as marks.
import type { Bars } from './contexts';
import { axisTimes, figure, when } from './figures';
import { bucketOf, label, marks, type Option, tooltip } from './option';
import { faded, type Palette } from './palette';

export function barsOption(bars: Bars, colours: Palette, width: number): Option {
  const end = (bars.times.at(-1) ?? 0) + bars.width;
  const onset = bars.marks.find((mark) => mark.kind === 'onset');
  const share = bars.exposed.map((exposed, index) => {
    const arrivals = bars.arrivals[index] ?? 0;
    return arrivals ? exposed / arrivals : 0;
  });
  return {
    grid: { left: 44, right: width < 560 ? 8 : 16, top: 36, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      data: axisTimes(bars.times, bars.zone),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { ...label(colours), interval: 0, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...(Math.max(...share) > 0.5 ? { max: 1, interval: 0.25 } : { splitNumber: 3 }),
      axisLabel: { ...label(colours), formatter: (value: number) => figure(value, 'share') },
      splitLine: { lineStyle: { color: colours.line } },
    },
    tooltip: tooltip(colours, (index) => [
      when(bars.times[index] ?? 0, bars.zone),
      ['exposed', figure(bars.exposed[index] ?? 0, 'count')],
      ['arrivals', figure(bars.arrivals[index] ?? 0, 'count')],
      ['share', figure(share[index] ?? 0, 'share')],
    ]),
    series: {
      type: 'bar',
      name: 'exposed share',
      barCategoryGap: '18%',
      data: share.map((value, index) => ({
        value,
        itemStyle: {
          color: (bars.times[index] ?? 0) + bars.width > (onset?.time ?? Infinity) ? colours.felt : faded(colours.felt, 0.4),
          borderRadius: [1, 1, 0, 0],
        },
      })),
      markLine: marks(bars.marks, (mark) => bucketOf(bars.times, mark.time, end), colours, true),
    },
  };
}
