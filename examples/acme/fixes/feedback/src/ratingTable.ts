/** Ratings as they are stored, and what they amount to. */
import { type Stored, table } from '@system/data';

export const topics = ['Filing a claim', 'Talking to us', 'Our prices'] as const;
export type Topic = (typeof topics)[number];

export interface Rating {
  readonly topic: Topic;
  /** 1 to 5. */
  readonly stars: number;
  readonly remark: string;
  readonly from: string;
}

export const ratings = table<Rating>('rating', {
  initial: [
    { topic: 'Filing a claim', stars: 5, remark: 'Settled within a week.', from: 'marta' },
    { topic: 'Filing a claim', stars: 4, remark: '', from: 'elena' },
    { topic: 'Talking to us', stars: 3, remark: 'Twenty minutes in the queue.', from: 'jonas' },
    { topic: 'Our prices', stars: 4, remark: '', from: 'amelie' },
  ],
});

export interface Average {
  readonly topic: Topic;
  readonly ratings: number;
  /** To one decimal; 0 without a rating. */
  readonly stars: number;
}

export function averageOf(topic: Topic, all: readonly Stored<Rating>[]): Average {
  const given = all.filter((rating) => rating.topic === topic).map((rating) => rating.stars);
  const sum = given.reduce((before, stars) => before + stars, 0);
  return { topic, ratings: given.length, stars: given.length === 0 ? 0 : Math.round((sum / given.length) * 10) / 10 };
}
