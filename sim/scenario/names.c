#include "scenario/names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Words that libconfig reads as values: effective.cfg could not hold them as names. */
static bool is_value(const char *name)
{
    return strcasecmp(name, "true") == 0 || strcasecmp(name, "false") == 0;
}

static bool is_code(const char *name)
{
    size_t n = strlen(name);
    if (n < 2 || n > 8 || !isupper((unsigned char)name[0]) || is_value(name) ||
        strcmp(name, "NA") == 0)
        return false;
    for (const char *p = name; *p != '\0'; p++)
        if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p))
            return false;
    return true;
}

static bool is_id(const char *name)
{
    if (!isalpha((unsigned char)name[0]) || strlen(name) > 63 || is_value(name))
        return false;
    for (const char *p = name; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    return true;
}

static bool is_label(const char *name)
{
    return is_id(name) && strlen(name) <= 26 && strchr(name, '-') == NULL;
}

static bool is_plain(const char *name)
{
    if (!islower((unsigned char)name[0]) || strlen(name) > 32 || is_value(name))
        return false;
    for (const char *p = name; *p != '\0'; p++)
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
            return false;
    return true;
}

static bool is_folder(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return isalnum((unsigned char)name[0]) && name[strspn(name, allowed)] == '\0' &&
           strlen(name) <= 64;
}

const struct name_rule name_code = {is_code,
                                    "2 to 8 capital letters and digits, but not TRUE, FALSE or NA"};
const struct name_rule name_pair = {is_id, "two codes joined by -"};
const struct name_rule name_id = {is_id,
                                  "a letter, then letters, digits, _ and -, but not true or false"};
const struct name_rule name_plain = {
    is_plain, "a small letter, then small letters, digits and _, at most 32; not true or false"};
const struct name_rule name_folder = {is_folder,
                                      "a small letter or digit, then these, - and _, at most 64"};
const struct name_rule name_label = {
    is_label, "a letter, then letters, digits and _, at most 26; not true or false"};
