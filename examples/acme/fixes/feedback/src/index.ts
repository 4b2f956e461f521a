/** What customers think of us: a form, and the ratings. */
export { Ratings } from './Ratings.js';
export { averageOf, type Rating, ratings, topics } from './ratingTable.js';
