/** The steps of an environment's upgrade, in order (EXEC-01, TEST-01). */
export type Step = 'server' | 'preparation' | 'deployment' | 'tests';
