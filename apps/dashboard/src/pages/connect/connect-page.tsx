import { useModels } from '../../api/queries.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { CopyBlock } from '../../ui/copy-button.js';
import { Code } from '../../ui/text.js';
import { curlExample, nodeExample, pythonExample } from './examples.js';

const text = strings.connect;

/** How to call the API, with a model that this key may really use. */
export function ConnectPage() {
  const { origin } = window.location;
  const models = useModels();
  const model = models.data?.find(({ id }) => !/embed/i.test(id))?.id;
  return (
    <>
      <p className="lead">{text.lead}</p>
      <Card title={text.baseUrl}>
        <CopyBlock text={`${origin}/v1`} />
        <p className="note">{text.placeholder}</p>
      </Card>
      <Card title={text.curl}>
        <CopyBlock text={curlExample(origin, '$AO_API_KEY', model)} />
      </Card>
      <Card title={text.python}>
        <CopyBlock text={pythonExample(origin, model)} />
      </Card>
      <Card title={text.node}>
        <CopyBlock text={nodeExample(origin, model)} />
      </Card>
      <Card title={text.admin}>
        <table>
          <tbody>
            {text.calls.map(([call, what]) => (
              <tr key={call}>
                <th scope="row">
                  <Code>{call}</Code>
                </th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </>
  );
}
