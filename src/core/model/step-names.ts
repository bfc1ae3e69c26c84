/** What a step is called whose spans were not recorded, as every n-th was: its time is known, nothing in it. */
export const UNSAMPLED_STEP = 'step without spans';
