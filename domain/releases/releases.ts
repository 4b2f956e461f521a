/**
 * The platform server releases that are known, 10.0.200 to 11.44.0.
 *
 * The only file that reads the data: what workflows import takes the catalogue as an argument, so that their bundle stays free of it.
 * Releases of 2018 and 2019 that the vendor numbers by month are left out, but for the first, whose number is stated.
 */
import data from '../../data/releases.json' with { type: 'json' };
import type { ReleaseCatalogue } from './release.js';

export const releases = data as ReleaseCatalogue;
