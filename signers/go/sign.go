// Package signer signs PTA tokens for nginx:
//
//	token, err := signer.Sign(keyHex, ivHex, "/video/*", time.Now().Unix()+3600)
//
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
package signer

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
)

// Sign returns the token for path that is valid up to the second expires, in Unix time.
func Sign(keyHex, ivHex, path string, expires int64) (string, error) {
	secrets, err := hex.DecodeString(keyHex + ivHex)
	wildcards := strings.Count(strings.ReplaceAll(path, `\*`, ""), "*")
	if err != nil || len(keyHex) != 32 || len(ivHex) != 32 || !strings.HasPrefix(path, "/") || wildcards > 1 {
		return "", fmt.Errorf("key and IV must be 32 hexadecimal digits each, the path /... with one wildcard at most")
	}
	if expires > 253402300799 { // the last second of the year 9999
		return "", fmt.Errorf("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)")
	}
	rest := append(binary.BigEndian.AppendUint64(nil, uint64(expires)), path...)
	plain := append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(rest)), rest...)
	plain = append(plain, strings.Repeat(string(rune(16-len(plain)%16)), 16-len(plain)%16)...)
	block, _ := aes.NewCipher(secrets[:16]) // the only error is a wrong length
	cipher.NewCBCEncrypter(block, secrets[16:]).CryptBlocks(plain, plain)
	return hex.EncodeToString(plain), nil
}
