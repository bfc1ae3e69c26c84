const stepPercentile = (percent: number): string =>
  `The time that ${percent} % of the analyzed steps of all ranks do not exceed, interpolated between the two nearest steps.`;
const TIME_IN_PHASE =
  'over the analyzed steps of the time in the phase: with a device, what it works on (of work at the same time, what began first) or waits for; without, what the thread of the training loop does or waits for.';

const TYPICAL_PART =
  'Time in this part of the step in the half of the analyzed steps nearest to the median, or with how = pace in all of them, scaled so that all parts sum to the step,';

/** How each number of the report is computed, in words; keys are paths in the report, `*` is any key or index. */
export const FORMULAS: Readonly<Record<string, string>> = {
  'stepTime.p50Ns':
    'Median of the times of all analyzed steps of all ranks, each from its start to its end.',
  'stepTime.p95Ns': stepPercentile(95),
  'stepTime.p99Ns': stepPercentile(99),
  'stepTime.meanNs': 'Sum of the times of all analyzed steps of all ranks, over their number.',
  'verdict.sharePercent':
    'The part of the analyzed steps that the text of the verdict names, median over ranks: compute, or what the device waits for; idle time counts for its cause.',
  'layers.dataPercent':
    'With a device: exposed copies and idle time with the causes data and copy, over the time of the analyzed steps; without: the share of the phases data and h2d. Median over ranks.',
  'layers.orchestrationPercent':
    'With a device: exposed communication and idle time with the causes communication and checkpoint, over the time of the analyzed steps; without: the share of the phases communication, checkpoint, logging and validation; communication that a backward pass waits for at its end counts as such. Median over ranks.',
  'layers.computePercent':
    'What is left of 100 %: compute, and all that is neither data nor orchestration.',
  'ranks.*.breakdown.computePercent':
    'Time of the analyzed steps in which a compute kernel runs on the device, over the time of these steps.',
  'ranks.*.breakdown.exposedCommunicationPercent':
    'Time of the analyzed steps in which a collective runs on the device and no compute kernel, over the time of these steps.',
  'ranks.*.breakdown.exposedCopyPercent':
    'Time of the analyzed steps in which a copy runs on the device, and neither a compute kernel nor a collective, over the time of these steps.',
  'ranks.*.breakdown.idlePercent':
    'Time of the analyzed steps in which nothing runs on the device, over the time of these steps.',
  'ranks.*.breakdown.idleCauses.*':
    'Idle time of the device in gaps with this cause, over the time of the analyzed steps. A gap has the first cause that covers half of the time from the end of the work before it to the launch of the work after it.',
  'ranks.*.deviceWindow.*':
    'From the first to the last event of the device in the file: the union of the intervals of the class, whatever else runs at the same time.',
  'ranks.*.stepTime.*': 'As stepTime, over the analyzed steps of this rank.',
  'ranks.*.phases.*.totalNs': `Sum ${TIME_IN_PHASE}`,
  'ranks.*.phases.*.perStep.p50Ns': `Median ${TIME_IN_PHASE}`,
  'ranks.*.phases.*.perStep.p95Ns': `95th percentile ${TIME_IN_PHASE}`,
  'ranks.*.phases.*.perStep.p99Ns': `99th percentile ${TIME_IN_PHASE}`,
  'ranks.*.phases.*.sharePercent':
    'Time in the phase in all analyzed steps, over the time of these steps.',
  'findings.*.savingNsPerStep':
    'What a fix gives back of a step, after the findings that name a more specific cause took theirs; `savingHow` says how, and `savingFrom` which intervals it comes from.',
  'findings.*.savingPercent':
    'savingNsPerStep over the mean of all analyzed steps, or over their median where that is longer.',
  'findings.*.savingFrom.totalNs':
    'Sum of the intervals that the saving comes from, over all ranks and steps.',
  'findings.*.threshold.measured':
    'What the check measured, in the unit that the name of the threshold ends with; the finding is reported from `value` on.',
  'findings.*.whatIf.speedup':
    'Mean step of the replay with nothing repaired, over that in which this finding alone is repaired.',
  'findings.*.whatIf.stepNs':
    'Mean step of a replay of the recorded steps with their dependencies, in which this finding alone is repaired.',
  'lines.*.perStep.*':
    'Over the analyzed steps of all ranks, the time in the spans of this name and line: median, percentiles and mean.',
  'lines.*.byRank.*.p50Ns': 'The same as a median over the analyzed steps of this rank.',
  'lines.*.byRank.*.sharePercent':
    'Time in the spans of this name and line over that of the step, of this rank.',
  'lines.*.sharePercent':
    'Of each rank, the time in the spans of this name and line over that of the step; median over ranks.',
  'lines.*.occursIn':
    'Analyzed steps, over all ranks, in which the spans of this name and line took any time.',
  'lines.*.histogram.counts.*':
    'Analyzed steps, over all ranks, whose time in the spans of this name and line lies in this of the equal bins between fromNs and toNs; the last one holds its upper end.',
  'lines.*.histogram.fromNs': 'The shortest of these times.',
  'lines.*.histogram.toNs':
    'The longest of these times; where that is further out, p50Ns and three times the distance from there to p95Ns.',
  'lines.*.histogram.above': 'Steps with a longer time than toNs.',
  'lines.*.baseline.p50Ns':
    'perStep.p50Ns of the line in the baseline that has this name and phase in a file of this name.',
  'lines.*.baseline.meanNs':
    'perStep.meanNs of the line in the baseline that has this name and phase in a file of this name.',
  'lines.*.baseline.deltaPercent':
    'perStep.p50Ns less that of the baseline, over that of the baseline; of perStep.meanNs where one of the medians is 0.',
  'phaseCosts.*.perStep.*':
    'Median, percentiles and mean, over the analyzed steps of all ranks, of the time in the phase, as in ranks.*.phases.',
  'phaseCosts.*.byRank.*.p50Ns': 'The same as a median over the analyzed steps of this rank.',
  'phaseCosts.*.byRank.*.sharePercent':
    'Median, over the analyzed steps of this rank, of the time in the phase over that of the step.',
  'phaseCosts.*.sharePercent':
    'Median, over the analyzed steps of all ranks, of the time in the phase over that of the step.',
  'phaseCosts.*.occursIn': 'Analyzed steps, over all ranks, in which the phase took any time.',
  'phaseCosts.*.histogram.counts.*':
    'Analyzed steps, over all ranks, whose time in the phase lies in this of the equal bins between fromNs and toNs; the last one holds its upper end.',
  'phaseCosts.*.histogram.fromNs': 'The shortest of these times.',
  'phaseCosts.*.histogram.toNs':
    'The longest of these times; where that is further out, p50Ns and three times the distance from there to p95Ns.',
  'phaseCosts.*.histogram.above': 'Steps with a longer time than toNs.',
  'whatIf.slowdown':
    'S: the mean step replayed with the recorded durations, over the mean step replayed with the typical duration of each kind of operation: the mean of computations, the median of transfers.',
  'whatIf.byRank.*':
    'The mean step in which only the operations of the stage, or of the data rank, of this rank take what they took, over that in which all are typical; the smaller of the two.',
  'whatIf.byStage.*':
    'The mean step in which only the operations of this stage take what they took, over that in which all are typical.',
  'whatIf.byDataRank.*':
    'The mean step in which only the operations of this data rank take what they took, over that in which all are typical.',
  'whatIf.byKind.*':
    'The mean step in which only the operations of this kind take what they took, over that in which all are typical.',
  'whatIf.mw':
    'M_W: the share of the slowdown that goes away if the operations of the slowest 3 % of ranks are typical.',
  'whatIf.ms':
    'M_S: the share of the slowdown that goes away if the operations of the last stage are typical.',
  'whatIf.recordedNs': 'Mean over the steps, from the first start of an operation to the last end.',
  'whatIf.replayedNs':
    'Mean over the steps replayed with the recorded durations, without what the host adds between operations.',
  'whatIf.idealNs': 'Mean over the steps replayed with typical durations.',
  'replay.recordedNs': 'Mean of the recorded steps that were replayed.',
  'replay.replayedNs': 'Mean of the same steps as the replay gives them with nothing repaired.',
  'baseline.stepNs':
    'The stepTime.p50Ns of the baseline; with how = pace, the median of the means of ten equal stretches of its steps.',
  'baseline.deltaNs':
    'stepTime.p50Ns, or with how = pace the median of the means of ten equal stretches of steps, less stepNs.',
  'baseline.deltaPercent': 'deltaNs over stepNs.',
  'baseline.parts.*.baselineNs': `${TYPICAL_PART} of the baseline.`,
  'baseline.parts.*.runNs': `${TYPICAL_PART} of this run.`,
  'baseline.parts.*.deltaNs':
    'runNs less baselineNs; over all parts they sum to the deltaNs of the step, but for rounding.',
  'health.clock.uncertaintyNs':
    'How far the clock of a rank may still be off after alignment: what is left between the ends of matched collectives.',
  'health.overhead.percent':
    'The time of the analyzed steps in which a span of the profiler itself runs while the device is idle, over the time of these steps; all ranks.',
  'health.overhead.kinds.*.totalNs':
    "Sum of the durations of the profiler's own spans of this name, over all ranks; they may overlap.",
  'replay.errorPercent':
    'Difference of a replayed step from the recorded one, over the recorded one: median over steps and ranks.',
};
