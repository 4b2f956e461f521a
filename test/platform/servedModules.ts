/** Front ends that run modules written in a test. */
import { fetchFrom, ready, type TestPlatform, testPlatform } from './serving.js';

/** A screen that shows a text; `extra` is more code of its module. */
export const showing = (text: string, extra = '') =>
  `${extra}\nexport const List = { name: 'All claims', render: () => ${JSON.stringify(`<p>${text}</p>`)} };`;

export async function page(platform: TestPlatform, url: string): Promise<string> {
  return (await fetchFrom(platform, url)).text();
}

/** A front end that runs one module with this code. */
export async function serving(code: string, module = '@acme/claims'): Promise<TestPlatform> {
  const platform = await testPlatform();
  await platform.instance({ id: 'first', module, release: '11.18.1', code });
  await platform.want(module, 'first');
  await platform.startFrontEnd('fe-1');
  await ready(platform, 'fe-1');
  return platform;
}

export const observed = (platform: TestPlatform) =>
  platform.database.selectFrom('front_end_modules').select(['module', 'instance', 'error']).execute();
