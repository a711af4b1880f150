// Signs PTA tokens for nginx. Copy the function Sign:
//
//	token, err := Sign(keyHex, ivHex, "/video/*", time.Now().Unix()+3600)
//
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
	"strings"
)

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

func main() {
	args := append(os.Args[1:], "", "", "", "")
	expires, err := strconv.ParseInt(args[3], 10, 64)
	token, signErr := Sign(args[0], args[1], args[2], expires)
	if len(os.Args) != 5 || err != nil || args[3][0] == '+' {
		signErr = fmt.Errorf("usage: sign KEY IV PATH EXPIRES (Unix seconds)")
	}
	if signErr != nil {
		fmt.Fprintln(os.Stderr, "sign.go:", signErr)
		os.Exit(2)
	}
	fmt.Println(token)
}
