import { createContext } from 'svelte';
import type { Installation } from '$lib/state/installation.svelte';
import type { Tiski } from './create-tiski';

/** The running Tiski for every screen: set once in the root layout, available in any component below. */
export const [getTiski, setTiski] = createContext<Tiski>();

/** Whether and how Tiski can be installed here. */
export const [getInstallation, setInstallation] = createContext<Installation>();
