// Package signer signs PTA tokens for nginx: signer.Sign(keyHex, ivHex, "/video/*", time.Now().Unix()+3600).
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
package signer

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"
)

type Seal struct { // With which key to seal, which values of pta_bind, and whether the token differs from all others.
	Key  string // 64 hexadecimal digits
	Bind []string
	Once bool
}

// Sign returns the token for path that is valid up to the second expires. A Seal may follow: Seal{Key: ..., Bind: ...}.
func Sign(keyHex, ivHex, path string, expires int64, seals ...Seal) (string, error) {
	secrets, err := hex.DecodeString(keyHex + ivHex)
	isPath := strings.HasPrefix(path, "/") && strings.Count(strings.ReplaceAll(path, `\*`, ""), "*") < 2
	if err != nil || len(keyHex) != 32 || len(ivHex) != 32 || !isPath {
		return "", errors.New("key and IV must be 32 hexadecimal digits each, the path /... with one wildcard at most")
	} else if expires > 253402300799 { // the last second of the year 9999
		return "", errors.New("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)")
	}
	rest := append(binary.BigEndian.AppendUint64(nil, uint64(expires)), path...)
	plain := append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(rest)), rest...)
	plain = append(plain, strings.Repeat(string(rune(16-len(plain)%16)), 16-len(plain)%16)...)
	block, _ := aes.NewCipher(secrets[:16]) // the only error is a wrong length
	cipher.NewCBCEncrypter(block, secrets[16:]).CryptBlocks(plain, plain)
	text := hex.EncodeToString(plain)
	for _, seal := range seals {
		key, keyErr := hex.DecodeString(seal.Key)
		nonce := make([]byte, 12)
		if _, err := rand.Read(nonce); err != nil || keyErr != nil || len(key) != 32 || len(seals) > 1 || len(seal.Bind) > 8 {
			return "", errors.New("a seal needs one key of 64 hexadecimal digits, 8 values of Bind at most, and random numbers")
		}
		if seal.Once {
			text += "." + base64.RawURLEncoding.EncodeToString(nonce)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("pta-seal-1\x00" + text + "\x00"))
		for _, value := range seal.Bind {
			if mac.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(value))), value...)); value == "" {
				return "", errors.New("no value of Bind may be empty")
			}
		}
		text += "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
	}
	return text, nil
}
