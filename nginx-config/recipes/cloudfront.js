// Redirects to a CloudFront URL with a signature for its canned policy (docs/migrate.md).
// `key_group` is keys/cloudfront.json. njs 0.7.8 or later.

async function redirect(r) {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: key_group.hash };
    const url = r.variables.signed_url;
    const expires = Math.floor(Date.now() / 1000) + Number(r.variables.signed_seconds);
    const policy = `{"Statement":[{"Resource":"${url}",` +
        `"Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const der = Buffer.from(key_group.key, 'base64');
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    const signed = await crypto.subtle.sign(algorithm, key, policy);
    const base64 = Buffer.from(signed).toString('base64');
    const signature = base64.replace(/\+/g, '-').replace(/=/g, '_').replace(/\//g, '~');
    // Without Hash-Algorithm, CloudFront expects SHA-1.
    const hash = key_group.hash === 'SHA-256' ? '&Hash-Algorithm=SHA256' : '';
    r.headersOut['Cache-Control'] = 'no-store';
    r.return(303, `${url}?Expires=${expires}&Signature=${signature}` +
        `&Key-Pair-Id=${key_group.id}${hash}`);
}

export default { redirect };
