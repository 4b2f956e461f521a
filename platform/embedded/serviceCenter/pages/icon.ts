/** The icon of Service Center in tabs of a browser. */

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#12293a"/><path d="M16 6 L26 17 H20 V26 H12 V17 H6 Z" fill="#ffffff"/></svg>
`;
