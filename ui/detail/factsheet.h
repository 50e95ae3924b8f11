#pragma once
/// Names and values in two columns, painted: one widget instead of dozens of labels, so that walking through frames
/// stays fast. Long values break anywhere; everything is plain text; the context menu copies it.
///
/// Thread: gui. Screen readers get the whole text as the accessible name.
#include "ui/common/theme.h"

#include <QString>
#include <QStringList>
#include <QTextLayout>
#include <QWidget>
#include <memory>
#include <vector>

namespace framescope {

struct Fact
{
    QString name; ///< empty: the value takes the whole width
    QString value;
    bool fixed = false; ///< in the fixed-pitch face
    Token colour = Token::Text;
    QString title = {}; ///< semi-bold, before the value on the same line
    QString glyph = {}; ///< before the title, in @p glyphColour
    Token glyphColour = Token::Text;
};

class FactSheet : public QWidget
{
    Q_OBJECT

public:
    explicit FactSheet(QWidget* parent = nullptr);
    ~FactSheet() override;

    void setFacts(std::vector<Fact> facts);
    /// Keeps the first column wide enough for @p names, so that sheets under each other line up.
    void setLeastNames(const QStringList& names);
    [[nodiscard]] QString plainText() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Row
    {
        std::unique_ptr<QTextLayout> text;
        int top = 0;
        int height = 0;
    };
    void layOut(int width) const;
    void forget();
    [[nodiscard]] int nameWidth() const;

    std::vector<Fact> m_facts;
    QStringList m_leastNames;
    // Laid out when asked, for the width that was asked last: a cache, hence mutable.
    mutable std::vector<Row> m_rows;
    mutable int m_laidOutWidth = -1;
    mutable int m_height = 0;
};

} // namespace framescope
