import type { DeviceReport } from '../types.ts';
import { AboutDialog, Fact } from './AboutDialog.tsx';

/** What was chosen for this device, and why. */
export function AboutDevice({ device }: { readonly device: DeviceReport }) {
  return (
    <AboutDialog label="About this device" heading="What runs here, and why">
      <dl>
        {device.choices.map(({ what, chosen, why }) => (
          <Fact key={what} term={what}>
            {chosen}
            <small className="why">{why}</small>
          </Fact>
        ))}
      </dl>
    </AboutDialog>
  );
}
