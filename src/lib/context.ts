import { createContext } from 'svelte';
import type { Tiski } from './app';
import type { Installation } from './state/installation.svelte';

/** The running Tiski for every screen: set once in the root layout, got in any component below. */
export const [getTiski, setTiski] = createContext<Tiski>();

/** Whether and how Tiski can be installed here. */
export const [getInstallation, setInstallation] = createContext<Installation>();
