import type { DeviceReport } from '../../types.ts';
import { Icon } from '../kit/icons.tsx';
import { deviceInWords } from '../kit/words.ts';
import { AboutDialog, Fact } from './AboutDialog.tsx';

/** What the model runs on, as a button; behind it what was chosen for this device, and why. */
export function AboutDevice({ device }: { readonly device: DeviceReport }) {
  return (
    <AboutDialog
      className="device-button"
      title="About this device"
      heading="What runs here, and why"
      button={
        <>
          <Icon name="chip" />
          <span className="visually-hidden">About this device: </span>
          <span className="device-name">{deviceInWords(device)}</span>
        </>
      }
    >
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
