/** Reading a form that a person filled in: every field is checked, all problems are shown at once. */
import { type IsoDate, isDate } from '@acme/calendar';
import { type Cents, readMoney } from '@acme/money';
import type { Field } from '@system/ui';

/** What a browser sent. */
export type Sent = Readonly<Record<string, string | undefined>>;

/** Reads field after field; a field with a problem reads as an empty value, and the problem is kept under its name. */
export interface FormReader {
  text(name: string, options?: { readonly atLeast?: number; readonly atMost?: number }): string;
  email(name: string): string;
  date(name: string, options?: { readonly earliest?: IsoDate; readonly latest?: IsoDate }): IsoDate;
  amount(name: string, options?: { readonly atMost?: Cents }): Cents;
  /** One of the values offered. */
  choice<T extends string>(name: string, values: readonly T[]): T | undefined;
  /** The id of a row that a choice stands for. */
  id(name: string): number;
  /** Adds what only the business can know: that a policy has ended, for instance. */
  reject(name: string, problem: string): void;
  readonly problems: Readonly<Record<string, string>>;
  accepted(): boolean;
}

export function readForm(sent: Sent): FormReader {
  const problems: Record<string, string> = {};

  function reject(name: string, problem: string): void {
    problems[name] ??= problem;
  }

  function text(name: string, { atLeast = 1, atMost = 200 } = {}): string {
    const value = sent[name]?.trim() ?? '';
    if (value === '' && atLeast > 0) reject(name, 'Fill in this field.');
    else if (value.length < atLeast) reject(name, `Write at least ${atLeast} characters.`);
    else if (value.length > atMost) reject(name, `Write at most ${atMost} characters.`);
    return value;
  }

  return {
    text,
    email(name) {
      const value = text(name);
      if (value !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) {
        reject(name, 'Write an address such as name@example.org.');
      }
      return value.toLowerCase();
    },
    date(name, { earliest, latest } = {}) {
      const value = text(name);
      if (value !== '' && !isDate(value)) reject(name, 'Choose a day of the calendar.');
      else if (earliest !== undefined && value < earliest) reject(name, `Choose ${earliest} or a later day.`);
      else if (latest !== undefined && value > latest) reject(name, `Choose ${latest} or an earlier day.`);
      return value;
    },
    amount(name, { atMost } = {}) {
      const reading = readMoney(text(name));
      if ('problem' in reading) {
        reject(name, reading.problem);
        return 0;
      }
      if (reading.cents <= 0) reject(name, 'Write an amount above zero.');
      else if (atMost !== undefined && reading.cents > atMost) reject(name, `Write at most ${atMost / 100}.`);
      return reading.cents;
    },
    choice(name, values) {
      const chosen = values.find((value) => value === sent[name]);
      if (chosen === undefined) reject(name, 'Choose one of the list.');
      return chosen;
    },
    id(name) {
      const id = Number(sent[name]);
      if (Number.isInteger(id) && id > 0) return id;
      reject(name, 'Choose one of the list.');
      return 0;
    },
    reject,
    problems,
    accepted: () => Object.keys(problems).length === 0,
  };
}

/** The fields with what was typed and what is wrong with it, to show the form again. */
export function refilled(fields: readonly Field[], sent: Sent, problems: Sent = {}): Field[] {
  return fields.map((field) => ({
    ...field,
    value: sent[field.name] ?? field.value ?? '',
    ...(problems[field.name] && { problem: problems[field.name] }),
  }));
}
