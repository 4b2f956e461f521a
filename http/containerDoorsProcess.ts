/** The process of a container's doors: `PORT[:TARGET] …`, until it is told to end. */
import { containerDoors, openContainerDoors, outerAddresses } from './containerDoors.js';

const doors = await openContainerDoors(outerAddresses(), containerDoors(process.argv.slice(2)));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void doors.close());
