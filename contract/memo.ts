/** The memo that clients of ours start their runs with; a form of the Temporal UI sends none. */
export const clientMemo = { startedBy: 'uplift' } as const;
